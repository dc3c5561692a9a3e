-- Every schedule of the system, on one page. A schedule is known by its name: to name it again replaces it.

select cron.schedule('kredo-sweep-jobs', '5 seconds', 'select private.sweep_jobs()');
select cron.schedule('kredo-close-job-days', '*/10 * * * *', 'select private.close_job_days()');
select cron.schedule('kredo-wake-for-billing', '10 seconds', 'select private.wake_for_billing()');
select cron.schedule('kredo-expire-grants', '10 seconds', 'select private.expire_grants(1000)');
select cron.schedule('kredo-activate-grants', '30 seconds', 'select private.activate_grants(1000)');
select cron.schedule('kredo-renew-allowances', '10 seconds', 'select private.renew_allowances(500)');
select cron.schedule('kredo-end-grace', '10 seconds', 'select private.end_grace(500)');
select cron.schedule('kredo-sweep-topups', '* * * * *', 'select private.sweep_topups(500)');
select cron.schedule('kredo-invariants', '* * * * *', 'select private.run_invariants()');
select cron.schedule('kredo-close-credit-days', '*/10 * * * *', 'select private.close_credit_days()');
select cron.schedule('kredo-checkpoint', '*/5 * * * *', 'select private.take_checkpoint()');
select cron.schedule('kredo-reconcile', '7 * * * *', 'select private.schedule_reconciliation()');
select cron.schedule('kredo-prune', '17 3 * * *', 'select private.prune()');
