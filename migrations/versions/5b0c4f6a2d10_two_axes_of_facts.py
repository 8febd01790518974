"""facts: ranges, certainty, the time we believed them, quoted places, and changes"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '5b0c4f6a2d10'
down_revision = '31dfe1a58734'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
FILLED = (("op", TEXT(), ""), ("retired_by", TEXT(), ""), ("certainty", sa.Float(), "1"))


def upgrade() -> None:
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.add_column(sa.Column('high', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('seen_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('retired_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        for name, kind, value in FILLED:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        batch_op.create_index('ix_fact_predicate', ['predicate', 'said_on'], unique=False)
    with op.batch_alter_table('fact', schema=None) as batch_op:
        for name, kind, _ in FILLED:
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    # Of two articles without an address both must be kept, so the address can no longer be the key.
    op.rename_table('fact_source', 'fact_source_old')
    op.create_table('fact_source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fact_id', sa.Integer(), nullable=False),
    sa.Column('url', TEXT(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=True),
    sa.Column('quote', TEXT(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=True),
    sa.Column('end', sa.Integer(), nullable=True),
    sa.Column('said_on', sa.Date(), nullable=True),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], ),
    sa.ForeignKeyConstraint(['fact_id'], ['fact.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    columns = "fact_id, url, position, article_id, quote"
    op.execute(f"INSERT INTO fact_source ({columns}, tier) SELECT {columns}, 2 FROM fact_source_old ORDER BY fact_id, position")
    op.drop_table('fact_source_old')
    with op.batch_alter_table('fact_source', schema=None) as batch_op:
        batch_op.create_index('ix_fact_source_fact', ['fact_id', 'position'], unique=False)
        batch_op.create_index('ix_fact_source_article', ['article_id'], unique=False)
    op.create_table('fact_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fact_id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('by', TEXT(), nullable=False),
    sa.Column('action', TEXT(), nullable=False),
    sa.Column('why', TEXT(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['fact_id'], ['fact.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('fact_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_fact_change_fact_id'), ['fact_id'], unique=False)


def downgrade() -> None:
    op.drop_table('fact_change')
    op.rename_table('fact_source', 'fact_source_new')
    op.create_table('fact_source',
    sa.Column('fact_id', sa.Integer(), nullable=False),
    sa.Column('url', TEXT(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=True),
    sa.Column('quote', TEXT(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], ),
    sa.ForeignKeyConstraint(['fact_id'], ['fact.id'], ),
    sa.PrimaryKeyConstraint('fact_id', 'url')
    )
    op.execute(
        "INSERT INTO fact_source (fact_id, url, position, article_id, quote) "
        "SELECT fact_id, url, min(position), min(article_id), min(quote) FROM fact_source_new GROUP BY fact_id, url"
    )
    op.drop_table('fact_source_new')
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.drop_index('ix_fact_predicate')
        for name in ('certainty', 'retired_by', 'op', 'retired_at', 'seen_on', 'high'):
            batch_op.drop_column(name)
