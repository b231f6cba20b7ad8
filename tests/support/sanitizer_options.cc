// How AddressSanitizer behaves in programs that are built with it, whatever their environment. Knows nothing of these programs.

extern "C" const char* __asan_default_options();  // NOLINT: its name is the sanitizer's

// What libraries that are loaded at run time have of thread-local data is found by a guess about the allocator's headers, which
// depends on where the data happens to be: a wrong one ends the search for leaks with a crash.
extern "C" const char* __asan_default_options() { return "intercept_tls_get_addr=0"; }
