"""watches with wishes, alerts that live, digests, mutes, feedback"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '8c41d2e97a60'
down_revision = '62c581e074f3'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
WATCH = (("cooldown", sa.Integer(), "0"), ("zone", TEXT(), "UTC"), ("mention", TEXT(), ""), ("paused", sa.Boolean(), sa.false()))
WISHES = (("min_stories", sa.Integer()), ("quiet_from", sa.Integer()), ("quiet_to", sa.Integer()), ("breaks", sa.Float()))
ALERT = (("held", TEXT(), ""), ("told_stories", sa.Integer(), "0"), ("told_outlets", sa.Integer(), "0"))


def upgrade() -> None:
    _filled('watch', WATCH)
    with op.batch_alter_table('watch', schema=None) as batch_op:
        for name, kind in WISHES:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    _filled('alert', ALERT)
    with op.batch_alter_table('workspace', schema=None) as batch_op:
        batch_op.add_column(sa.Column('left_at', MOMENT(), nullable=True))
    op.create_table('mute',
    sa.Column('channel_id', sa.Integer(), nullable=False),
    sa.Column('target', TEXT(), nullable=False),
    sa.Column('until', MOMENT(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], ),
    sa.PrimaryKeyConstraint('channel_id', 'target')
    )
    op.create_table('feedback',
    sa.Column('alert_id', sa.Integer(), nullable=False),
    sa.Column('author', TEXT(), nullable=False),
    sa.Column('at', MOMENT(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], ),
    sa.PrimaryKeyConstraint('alert_id', 'author')
    )
    op.create_table('digest',
    sa.Column('channel_id', sa.Integer(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('days', TEXT(), nullable=False),
    sa.Column('zone', TEXT(), nullable=False),
    sa.Column('created_by', TEXT(), nullable=False),
    sa.Column('created_at', MOMENT(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], ),
    sa.PrimaryKeyConstraint('channel_id')
    )
    _outbox()


def _outbox() -> None:
    """A message is no longer an alert's alone: the table is made anew, for SQLite can't drop an unnamed key."""
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_state'))
    op.rename_table('outbox', 'outbox_old')
    op.create_table('outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.Integer(), nullable=False),
    sa.Column('what', TEXT(), nullable=False),
    sa.Column('key', TEXT(), nullable=False),
    sa.Column('alert_id', sa.Integer(), nullable=True),
    sa.Column('text', TEXT(), nullable=False),
    sa.Column('state', TEXT(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', MOMENT(), nullable=False),
    sa.Column('sent_at', MOMENT(), nullable=True),
    sa.Column('message_id', TEXT(), nullable=False),
    sa.Column('error', TEXT(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], ),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key')
    )
    kept = "state, attempts, due_at, sent_at, message_id, error"
    given = ", ".join(f"o.{name}" for name in kept.split(", "))
    op.execute(
        f"INSERT INTO outbox (channel_id, what, key, alert_id, text, {kept}) "
        f"SELECT a.channel_id, 'alert', 'alert:' || o.alert_id, o.alert_id, '', {given} "
        "FROM outbox_old o JOIN alert a ON a.id = o.alert_id ORDER BY o.id"
    )
    op.drop_table('outbox_old')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_alert_id'), ['alert_id'], unique=False)


def _filled(table: str, columns: tuple[tuple[str, sa.types.TypeEngine, object], ...]) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for name, kind, value in columns:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table(table, schema=None) as batch_op:
        for name, kind, _ in columns:
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def downgrade() -> None:
    op.drop_table('digest')
    op.drop_table('feedback')
    op.drop_table('mute')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_state'))
        batch_op.drop_index(batch_op.f('ix_outbox_alert_id'))
    op.rename_table('outbox', 'outbox_new')
    op.create_table('outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('alert_id', sa.Integer(), nullable=False),
    sa.Column('state', TEXT(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', MOMENT(), nullable=False),
    sa.Column('sent_at', MOMENT(), nullable=True),
    sa.Column('message_id', TEXT(), nullable=False),
    sa.Column('error', TEXT(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('alert_id')
    )
    kept = "alert_id, state, attempts, due_at, sent_at, message_id, error"
    op.execute(f"INSERT INTO outbox ({kept}) SELECT {kept} FROM outbox_new WHERE what = 'alert' ORDER BY id")
    op.drop_table('outbox_new')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_state'), ['state'], unique=False)
    with op.batch_alter_table('workspace', schema=None) as batch_op:
        batch_op.drop_column('left_at')
    for table, columns in (('alert', ALERT), ('watch', (*WATCH, *WISHES))):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, *_ in columns:
                batch_op.drop_column(name)
