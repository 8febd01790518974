"""full text of articles, the id under which a source knows them, and conversations"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '5f1c0a7e42d9'
down_revision = '6e21c0d4a9b7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('article', sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=sa.text("''")))
    op.create_table('word',
    sa.Column('word', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('articles', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('word'),
    sqlite_with_rowid=False
    )
    op.create_table('conversation',
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('turns', sa.JSON(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('place')
    )
    op.create_index('ix_conversation_at', 'conversation', ['at'], unique=False)
    # An index of words without text of its own: rowid is the article's id.
    if op.get_context().dialect.name == 'postgresql':
        op.execute("CREATE TABLE article_text (article_id BIGINT PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_article_text_words ON article_text USING gin (words)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE article_text USING fts5(words, content='', detail=none, columnsize=0, "
            "tokenize=\"unicode61 remove_diacritics 0 tokenchars '.'\")"
        )


def downgrade() -> None:
    op.drop_table('article_text')
    op.drop_index('ix_conversation_at', table_name='conversation')
    op.drop_table('conversation')
    op.drop_table('word')
    # Not as a batch: that would drop the whole table, which other tables refer to.
    op.drop_column('article', 'external_id')
