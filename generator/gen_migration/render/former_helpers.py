"""Helpers as older versions have written them: revisions that have them are read all the same."""

FORMER = (
    '''
class PostgreSQLType(sa.types.UserDefinedType[object]):
    """A type as PostgreSQL spells it."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: object) -> str:
        return self.name
''',
    '''
@contextmanager
def advised(query: str) -> Iterator[None]:
    """Say which rows a statement stops at."""
    try:
        yield
    except IntegrityError as error:
        raise CommandError(
            f"revision {revision}: {error.orig} -- find the rows: {query}"
            " -- then mend them and run the same command again: it goes on from here"
        ) from error
''',
    r'''
@contextmanager
def at_once(*, lock_retries: int, **limits: str) -> Iterator[None]:
    """Run statements on tables in use as one transaction: waits are short, and retried."""
    context, new = op.get_context(), f"json_each_text('{json.dumps(limits)}')"

    def execute(cursor: Any, sql: str, values: Any, _: Any, tries: int = 0) -> bool:
        cursor.execute("SAVEPOINT at_once")
        try:
            return cursor.execute(sql, values) or True
        except Exception as error:
            said = [f"revision {revision}: {error}", " ".join(sql.split())[:200]]
            if getattr(error, "sqlstate", getattr(error, "pgcode", "")) == "55P03":
                cursor.execute("ROLLBACK TO SAVEPOINT at_once")
                cursor.execute(rf"""SELECT pid = pg_backend_pid(), concat_ws(', ', 'held by pid '
        || pid, usename, application_name, state, clock_timestamp() - xact_start || ' old',
        regexp_replace(query, '(''|\$|\m[0-9]).*', '…')) FROM pg_stat_activity WHERE pid IN (
        SELECT pid FROM pg_locks JOIN pg_attribute a ON attrelid = relation AND attnum = -6 WHERE
        granted AND CASE pid WHEN pg_backend_pid() THEN age(a.xmin) > 0 AND mode ~
        '^(Share(Lock|Row)|(Access)?Exclusive)' ELSE relation IN (SELECT unnest(ARRAY[c.oid,
        confrelid]) FROM pg_class c LEFT JOIN pg_constraint ON conrelid = c.oid WHERE relname = ANY
        (regexp_split_to_array(convert_from('\x{sql.encode().hex()}', 'UTF8'), '\W+'))) END)""")
                rows = cursor.fetchall()  # nobody sleeps on a strong lock of their own
                if tries < lock_retries and not any(own for own, who in rows):
                    time.sleep(random.uniform(0.5, 1) * min(2**tries, 60))
                    return execute(cursor, sql, values, _, tries + 1)
                said += [who for own, who in rows if not own][:5]
            raise CommandError(" -- ".join(said)) from error

    if not getattr(context, "_in_external_transaction", False):
        with context.autocommit_block():
            pass  # what went before is committed
    op.execute(f"SELECT set_config('gm.'||key, current_setting(key), true) FROM {new}")
    for name, limit in limits.items():
        op.execute(f"SET LOCAL {name} = '{limit}'")
    with ExitStack() as stack:
        if not context.as_sql:
            event.listen(op.get_bind().engine, "do_execute", execute)
            stack.callback(event.remove, op.get_bind().engine, "do_execute", execute)
        yield
    op.execute(f"SELECT set_config(key, current_setting('gm.'||key), true) FROM {new}")
''',
    r'''
@contextmanager
def one_by_one(lock_retries: int = 0, hints: Any = (), **limits: str) -> Iterator[None]:
    """Run statements that commit one by one, on tables in use: waits are short, and retried."""
    context, log = op.get_context(), logging.getLogger("sqlalchemy.dialects.postgresql")
    new = f"json_each_text('{json.dumps(limits)}')"

    def execute(cursor: Any, sql: str, values: Any, _: Any, tries: int = 0) -> bool:
        log.disabled = False  # it tells how far a backfill is
        log.setLevel("INFO" if "RAISE NOTICE" in sql else "WARNING")
        try:
            return cursor.execute(sql, values) or True
        except Exception as error:
            said = [f"revision {revision}: {error}", " ".join(sql.split())[:200]]
            if getattr(error, "sqlstate", getattr(error, "pgcode", "")) == "55P03":
                if tries < lock_retries:
                    time.sleep(random.uniform(0.5, 1) * min(2**tries, 60))
                    return execute(cursor, sql, values, _, tries + 1)
                cursor.execute(rf"""SELECT DISTINCT concat_ws(', ', 'held by pid ' || pid, usename,
        application_name, state, clock_timestamp() - xact_start || ' old',
        regexp_replace(query, '(''|\$|\m[0-9]).*', '…')) FROM pg_stat_activity JOIN pg_locks USING
        (pid) WHERE pid <> pg_backend_pid() AND granted AND relation IN (SELECT unnest(ARRAY[c.oid,
        confrelid]) FROM pg_class c LEFT JOIN pg_constraint ON conrelid = c.oid WHERE relname = ANY
        (regexp_split_to_array(convert_from('\x{sql.encode().hex()}', 'UTF8'), '\W+')))""")
                said += [row[0] for row in cursor.fetchall()][:5]
            said += [query for *names, query in hints if {*names} <= {*sql.split()}]
            raise CommandError(" -- ".join(said)) from error

    if getattr(context, "_in_external_transaction", False):
        raise CommandError(f"{revision}: use connect(), not begin(), in env.py")
    with context.autocommit_block(), ExitStack() as stack:
        values = "'gm.'||key, current_setting(key), false"
        op.execute(f"SELECT set_config({values}) FROM {new}")
        back = f"SELECT set_config(key, current_setting('gm.'||key), false) FROM {new}"
        for name, limit in limits.items():
            op.execute(f"SET {name} = '{limit}'")
        stack.callback(op.execute, back)
        if not context.as_sql:
            event.listen(op.get_bind().engine, "do_execute", execute)
            stack.callback(event.remove, op.get_bind().engine, "do_execute", execute)
        yield
''',
    '''
@contextmanager
def at_once(
    *, steps: str = "1 of 1", lock_retries: int, **limits: str
) -> Iterator[None]:
    """Run statements on tables in use as one transaction: waits are short, and retried."""
    context, new = op.get_context(), f"json_each_text('{json.dumps(limits)}')"

    def execute(cursor: Any, sql: str, values: Any, say: Any, tries: int = 0) -> bool:
        cursor.execute("SAVEPOINT at_once")
        try:
            return cursor.execute(sql, values) or True
        except Exception as error:
            said = [f"revision {revision}: {error}", " ".join(sql.split())[:200]]
            if getattr(error, "sqlstate", getattr(error, "pgcode", "")) == "55P03":
                cursor.execute("ROLLBACK TO SAVEPOINT at_once")
                rows = holders(cursor, sql)
                who = [one for own, one in rows if not own][:5]
                if tries < lock_retries and not any(own for own, _ in rows):
                    pause = random.uniform(0.5, 1) * min(2**tries, 60)
                    whom = ", ".join([said[1][:100], *who])
                    say(f"is tried again in {pause:.0f} s: {whom}")
                    time.sleep(pause)  # nobody sleeps on a strong lock of their own
                    return execute(cursor, sql, values, say, tries + 1)
                said += who
            raise CommandError(" -- ".join(said)) from error

    if not getattr(context, "_in_external_transaction", False):
        with context.autocommit_block():
            pass  # what went before is committed
    op.execute(f"SELECT set_config('gm.'||key, current_setting(key), true) FROM {new}")
    for name, limit in limits.items():
        op.execute(f"SET LOCAL {name} = '{limit}'")
    with nullcontext() if context.as_sql else watched(steps, execute):
        yield
    op.execute(f"SELECT set_config(key, current_setting('gm.'||key), true) FROM {new}")
''',
    '''
@contextmanager
def one_by_one(
    *, steps: str = "1 of 1", lock_retries: int = 0, hints: Any = (), **limits: str
) -> Iterator[None]:
    """Run statements that commit one by one, on tables in use: waits are short, and retried."""
    context, new = op.get_context(), f"json_each_text('{json.dumps(limits)}')"

    def execute(cursor: Any, sql: str, values: Any, say: Any, tries: int = 0) -> bool:
        try:
            return cursor.execute(sql, values) or True
        except Exception as error:
            said = [f"revision {revision}: {error}", " ".join(sql.split())[:200]]
            if getattr(error, "sqlstate", getattr(error, "pgcode", "")) == "55P03":
                who = [one for own, one in holders(cursor, sql) if not own][:5]
                if tries < lock_retries:
                    pause = random.uniform(0.5, 1) * min(2**tries, 60)
                    whom = ", ".join([said[1][:100], *who])
                    say(f"is tried again in {pause:.0f} s: {whom}")
                    time.sleep(pause)
                    return execute(cursor, sql, values, say, tries + 1)
                said += who
            said += [query for *names, query in hints if {*names} <= {*sql.split()}]
            raise CommandError(" -- ".join(said)) from error

    if getattr(context, "_in_external_transaction", False):
        raise CommandError(f"{revision}: use connect(), not begin(), in env.py")
    with context.autocommit_block(), ExitStack() as stack:
        values = "'gm.'||key, current_setting(key), false"
        op.execute(f"SELECT set_config({values}) FROM {new}")
        back = f"SELECT set_config(key, current_setting('gm.'||key), false) FROM {new}"
        for name, limit in limits.items():
            op.execute(f"SET {name} = '{limit}'")
        stack.callback(op.execute, back)
        if not context.as_sql:
            stack.enter_context(watched(steps, execute))
        yield
''',
    r'''
@contextmanager
def watched(steps: str, execute: Callable[..., bool]) -> Iterator[None]:
    """Run each statement by a function, and say how far it is: nothing needs what is said."""
    bind, ended = op.get_bind(), threading.Event()
    now: tuple[int, float, str] = (0, 0, "")  # which, since when, what

    def say(text: str) -> None:
        with suppress(Exception):
            first, *_, last = re.findall("[0-9]+", steps)
            said = "".join(filter(str.isprintable, " ".join(text.split())))
            line = f"{revision}: {int(first) + now[0] - 1} of {last} {said}"
            log = logging.getLogger("alembic.gen_migration")
            if log.handlers or log.root.handlers or log.isEnabledFor(logging.INFO):
                log.info("%s", line)
            elif sys.stderr.isatty():
                sys.stderr.write(f"{line}\n")

    def run(cursor: Any, sql: str, values: Any, _: Any) -> bool:
        nonlocal now
        what = re.sub("^DO .*?((ALTER|UPDATE) .*?)( AND |;).*", r"\1", " ".join(sql.split()))
        now = (now[0] + 1, time.monotonic(), what[:100])
        execute(cursor, sql, values, say)
        say(f"took {time.monotonic() - now[1]:.1f} s: {now[2]}")
        now = (now[0], 0, "")
        return True

    given = bind.connection.driver_connection, lambda: now, say, ended
    thread = threading.Thread(target=progress, args=given, daemon=True)
    with ExitStack() as stack:
        event.listen(bind.engine, "do_execute", run)
        stack.callback(event.remove, bind.engine, "do_execute", run)
        with suppress(RuntimeError):
            thread.start()
            stack.callback(thread.join, 5)
        stack.callback(ended.set)
        yield
''',
)
