"""the language of articles"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = 'fa383a4474c3'
down_revision = 'bd34d8142159'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.add_column(sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("('')"), nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_column('language')

