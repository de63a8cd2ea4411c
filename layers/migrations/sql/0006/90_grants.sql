-- A function that runs as the migrator writes the journal and the ledger of every stock. Whoever may
-- execute it may hang it on a temporary table of their own and have it write what never was; the
-- triggers that there are need no such right to fire.
DO $$
DECLARE
  writer regprocedure;
BEGIN
  FOR writer IN
    SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
      AND p.prorettype = 'trigger'::regtype AND p.proowner = current_user::regrole
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', writer);
  END LOOP;
END
$$;
