orgrun_fuzz(fuzz_sigv4)
orgrun_fuzz(fuzz_job)
orgrun_fuzz(fuzz_accounts_file)
orgrun_fuzz(fuzz_report_escape)
