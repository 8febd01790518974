"""what the language model has used up, by day"""

import sqlalchemy as sa
from alembic import op

revision = '6e21c0d4a9b7'
down_revision = '5b0c4f6a2d10'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('spend',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('requests', sa.Integer(), nullable=False),
    sa.Column('tokens', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day')
    )


def downgrade() -> None:
    op.drop_table('spend')
