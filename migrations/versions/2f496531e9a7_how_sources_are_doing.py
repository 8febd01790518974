"""how sources are doing, and the servers they are on"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '2f496531e9a7'
down_revision = '8c41d2e97a60'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('host',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('robots', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('robots_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('requests', sa.Integer(), nullable=False),
    sa.Column('bytes', sa.BigInteger(), nullable=False),
    sa.Column('until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('name')
    )
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("'feed'"), nullable=False))
        batch_op.add_column(sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("('')"), nullable=False))
        batch_op.add_column(sa.Column('outlet', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("('')"), nullable=False))
        batch_op.add_column(sa.Column('topic', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("('')"), nullable=False))
        batch_op.add_column(sa.Column('home', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("('')"), nullable=False))
        batch_op.add_column(sa.Column('weight', sa.Float(), server_default=sa.text('(1.0)'), nullable=False))
        batch_op.add_column(sa.Column('listed', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("('')"), nullable=False))
        batch_op.add_column(sa.Column('added_by', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("('')"), nullable=False))
        batch_op.add_column(sa.Column('options', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('memory', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("'new'"), nullable=False))
        batch_op.add_column(sa.Column('told', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("('')"), nullable=False))
        batch_op.add_column(sa.Column('read_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('newest_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('per_day', sa.Float(), server_default=sa.text('(0.0)'), nullable=False))
        batch_op.add_column(sa.Column('seconds', sa.Integer(), server_default=sa.text('0'), nullable=False))
        batch_op.add_column(sa.Column('moved_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('failing_since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('history_first', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('history_last', sa.Integer(), nullable=True))
    op.execute("UPDATE source SET options = '{}', memory = '{}'")
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.alter_column('options', existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column('memory', existing_type=sa.JSON(), nullable=False)



def downgrade() -> None:
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.drop_column('history_last')
        batch_op.drop_column('history_first')
        batch_op.drop_column('failing_since')
        batch_op.drop_column('moved_at')
        batch_op.drop_column('seconds')
        batch_op.drop_column('per_day')
        batch_op.drop_column('newest_at')
        batch_op.drop_column('read_at')
        batch_op.drop_column('told')
        batch_op.drop_column('state')
        batch_op.drop_column('memory')
        batch_op.drop_column('options')
        batch_op.drop_column('added_by')
        batch_op.drop_column('listed')
        batch_op.drop_column('weight')
        batch_op.drop_column('home')
        batch_op.drop_column('topic')
        batch_op.drop_column('outlet')
        batch_op.drop_column('language')
        batch_op.drop_column('kind')

    op.drop_table('host')
