orgrun_fuzz(fuzz_sigv4)
