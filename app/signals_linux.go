package app

/*
#include <signal.h>
#include <string.h>

// JavaScriptCore installs handlers for faults without SA_ONSTACK after the program's start; Go then dies of a nil pointer that it would
// turn into a panic. Adding the flag back is what Go's runtime asks of C code (os/signal, "Non-Go programs that call Go code").
static void keep_signal_stacks(void) {
	int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL, SIGUSR1};
	for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		struct sigaction action;
		memset(&action, 0, sizeof action);
		if (sigaction(signals[i], NULL, &action) != 0 || action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) {
			continue;
		}
		if ((action.sa_flags & SA_ONSTACK) == 0) {
			action.sa_flags |= SA_ONSTACK;
			sigaction(signals[i], &action, NULL);
		}
	}
}
*/
import "C"

func keepSignalStacks() { C.keep_signal_stacks() }
