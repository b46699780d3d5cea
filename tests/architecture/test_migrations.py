"""A revision is applied while the release before it serves: it may neither break that release nor hold the site up.

squawk reads the SQL that a revision renders to. What it names has to be taken apart (docs/development.md, "Change the
schema"), or be excused in the revision, one rule and one reason a line:

    # contract: ban-drop-column: since 0.2 nothing reads users.nickname
"""

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from asyncops.migrating import FOLDER

# Nothing was deployed when these were written, so there was no older release to break and no table with rows in it.
BASELINE = "0012"

SQUAWK = (
    str(Path(sys.executable).with_name("squawk")),
    "--reporter=json",
    "--pg-version=14.0",  # the oldest that is supported
    *(
        f"--include={rule}"
        for rule in ("ban-drop-trigger", "ban-disable-trigger", "ban-drop-index", "ban-set-default", "ban-revoke")
    ),
    *(
        f"--exclude={rule}"
        for rule in (
            "require-lock-timeout",  # migrations/env.py sets it for all
            "require-statement-timeout",  # a validation or a concurrent build takes what it takes; it blocks nobody
            "prefer-robust-stmts",  # a revision is one transaction; what runs outside is looked at below
            "prefer-text-field",  # taste: making a varchar longer costs nothing, making it shorter is another rule
            "prefer-bigint-over-int",  # taste: a team does not write two billion records
            "prefer-identity",  # taste
        )
    ),
)
ALSO = {
    "ban-emptying": r"(TRUNCATE|DELETE\s+FROM\s+(?!alembic_version\b))",
    "ban-table-lock": r"(LOCK|CLUSTER|VACUUM\s+FULL)\b",
    "ban-unlogged": r"ALTER\s+TABLE\s+.*\bSET\s+(UN)?LOGGED\b",
}
MARKER = re.compile(r"^\s*# contract: (?P<rule>[a-z-]+): (?P<why>\S.{9,})$", re.MULTILINE)


def sql_of(folder, revision):
    """What applying one revision says to the database."""
    config = Config(output_buffer=(output := io.StringIO()))
    config.set_main_option("script_location", str(folder))
    command.upgrade(config, f"{revision.down_revision or 'base'}:{revision.revision}", sql=True)
    return output.getvalue()


def is_made_anew(drop, sql):
    """Whether the dropped index is only what a killed run may have left of the one that is built after it."""
    (name,) = re.findall(r"(\w+);$", drop)
    return re.search(rf"CREATE (UNIQUE )?INDEX CONCURRENTLY {name} ", sql.partition(drop)[2]) is not None


def dangers_in(sql):
    """The rules that the statements break, each with the first line that does."""
    done = subprocess.run(SQUAWK, input=sql, capture_output=True, text=True, check=False, timeout=60)
    assert not done.stderr, done.stderr
    lines = sql.splitlines()
    found = {}
    for violation in json.loads(done.stdout):
        rule, line = violation["rule_name"], lines[violation["line"]]
        if rule != "ban-drop-index" or not is_made_anew(line, sql):
            found.setdefault(rule, line)
    for line in lines:
        for rule, pattern in ALSO.items():
            if re.match(pattern, line.strip(), re.IGNORECASE):
                found.setdefault(rule, line)
    return found


def complaints(folder, revision):
    """What keeps a revision from being applied to a site that people use."""
    excused = {marker["rule"] for marker in MARKER.finditer(Path(revision.path).read_text("utf-8"))}
    dangers = dangers_in(sql_of(folder, revision))
    return [
        *(f"{revision.revision}: {rule}: {line}" for rule, line in dangers.items() if rule not in excused),
        *(f"{revision.revision}: nothing breaks {rule}, which is excused" for rule in excused - set(dangers)),
    ]


def revisions_after(folder, baseline):
    return [each for each in ScriptDirectory(str(folder)).walk_revisions() if each.revision > baseline]


def test_no_revision_breaks_the_release_before_it_or_holds_the_site_up():
    assert [line for each in revisions_after(FOLDER, BASELINE) for line in complaints(FOLDER, each)] == []


@pytest.fixture
def judge(tmp_path):
    """What is said about a revision with these statements."""
    shutil.copy(FOLDER / "env.py", tmp_path)
    (tmp_path / "versions").mkdir()

    def judge(body, marker=""):
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        (tmp_path / "versions" / "0001_sample.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\nfrom asyncops.migrating import concurrently\n{marker}\n"
            f'revision, down_revision = "0001", None\n\n\ndef upgrade():\n{indented}\n'
        )
        (revision,) = revisions_after(tmp_path, "")
        return complaints(tmp_path, revision)

    return judge


DROP = "op.drop_column('users', 'timezone')"
BAD = {
    "ban-drop-column": DROP,
    "ban-drop-table": "op.drop_table('invitations')",
    "ban-drop-constraint": "op.drop_constraint('ck_users_role', 'users')",
    "changing-column-type": "op.alter_column('users', 'email', type_=sa.Text())",
    "adding-not-nullable-field": "op.alter_column('users', 'kept_token_id', nullable=False)",
    "ban-drop-not-null": "op.alter_column('users', 'email', nullable=True)",
    "ban-drop-default": "op.alter_column('users', 'role', server_default=None)",
    "ban-set-default": "op.alter_column('users', 'role', server_default='admin')",
    "renaming-column": "op.alter_column('users', 'email', new_column_name='mail')",
    "renaming-table": "op.rename_table('users', 'people')",
    "adding-field-with-default": (
        "op.add_column('users', sa.Column('at', sa.DateTime, server_default=sa.func.clock_timestamp()))"
    ),
    "adding-required-field": "op.add_column('users', sa.Column('age', sa.Integer, nullable=False))",
    "require-concurrent-index-creation": "op.create_index('ix_users_role', 'users', ['role'])",
    "ban-drop-index": "with concurrently():\n    op.drop_index('ix_users_role', 'users', postgresql_concurrently=True)",
    "require-concurrent-index-deletion": "op.drop_index('ix_users_full_name', 'users')",
    "ban-concurrent-index-creation-in-transaction": (
        "op.create_index('ix_users_role', 'users', ['role'], postgresql_concurrently=True)"
    ),
    "adding-foreign-key-constraint": "op.create_foreign_key('fk_users_id', 'users', 'invitations', ['id'], ['id'])",
    "constraint-missing-not-valid": "op.create_check_constraint('id', 'users', 'id > 0')",
    "disallowed-unique-constraint": "op.create_unique_constraint('uq_users_role', 'users', ['role'])",
    "ban-drop-trigger": "op.execute('DROP TRIGGER append_only_rows ON activity')",
    "ban-disable-trigger": "op.execute('ALTER TABLE activity DISABLE TRIGGER append_only_rows')",
    "ban-drop-function": "op.execute('DROP FUNCTION words(text[])')",
    "ban-emptying": "op.execute(sa.table('users').delete())",
    "ban-table-lock": "op.execute('LOCK TABLE users')",
    "ban-unlogged": "op.execute('ALTER TABLE users SET UNLOGGED')",
}


@pytest.mark.parametrize(("rule", "body"), BAD.items(), ids=BAD)
def test_each_step_that_breaks_or_blocks_is_refused(judge, rule, body):
    assert any(f": {rule}: " in line for line in judge(body))


GOOD = {
    "a table with everything": (
        "op.create_table('notes', sa.Column('id', sa.Integer, primary_key=True), sa.Column('user_id', sa.Integer,"
        " sa.ForeignKey('users.id'), nullable=False, unique=True), sa.CheckConstraint('id > 0', name='id'))\n"
        "op.create_index('ix_notes_user_id', 'notes', ['user_id'])"
    ),
    "a column that may be empty": "op.add_column('users', sa.Column('age', sa.Integer))",
    "a column with a constant": (
        "op.add_column('users', sa.Column('age', sa.Integer, nullable=False, server_default='0'))"
    ),
    "an index that is built beside the work": (
        "with concurrently():\n"
        "    op.drop_index('ix_users_role', 'users', if_exists=True, postgresql_concurrently=True)\n"
        "    op.create_index('ix_users_role', 'users', ['role'], postgresql_concurrently=True)"
    ),
    "a constraint for what comes": "op.execute('ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID')",
    "its check of what is there": "op.execute('ALTER TABLE users VALIDATE CONSTRAINT c')",
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD)
def test_what_an_older_release_and_its_users_do_not_notice_is_allowed(judge, body):
    assert judge(body) == []


def test_a_marker_excuses_the_one_rule_that_it_names(judge):
    marker = "# contract: ban-drop-column: since 0.2 nothing reads it"

    assert judge(DROP, marker) == []
    assert judge(f"{DROP}\nop.drop_table('invitations')", marker) == ["0001: ban-drop-table: DROP TABLE invitations;"]


@pytest.mark.parametrize("marker", ["# contract: since 0.2 nothing reads it", "# contract: ban-drop-column: why"])
def test_a_marker_without_a_rule_or_a_reason_excuses_nothing(judge, marker):
    assert judge(DROP, marker) == ["0001: ban-drop-column: ALTER TABLE users DROP COLUMN timezone;"]


def test_a_marker_that_excuses_nothing_is_refused(judge):
    said = judge(GOOD["a column that may be empty"], "# contract: ban-drop-table: nothing reads it any more")

    assert said == ["0001: nothing breaks ban-drop-table, which is excused"]
