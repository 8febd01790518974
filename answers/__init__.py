"""Who is meant, and which facts to show. Pure reading of the store; speaks no chat."""
