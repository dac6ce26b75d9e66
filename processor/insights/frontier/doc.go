// Package frontier claims which wait before the next channel would have cost least per
// verified user, from the attempts that were made.
//
//	verification ─► Wait: how the first channel ended, and after how long
//	             ─► Day: counts by end and wait, costs ─► seven days ─► Curve: cost per verified user by timeout
//	                                                                └─► FALLBACK_FRONTIER signal
//
// For a timeout T each code of the seven days is played again:
//
//	the first channel succeeded after d     d ≤ T  as it was
//	                                        d > T  verified, but the next channel was paid, too
//	it failed by itself after f             f ≤ T  as it was
//	                                        f > T  the next channel began at T
//	it was given up after w (the timeout)   T ≤ w  the next channel began at T
//	                                        T > w  with the probability p(w, T) the first channel succeeds in between;
//	                                               otherwise the next channel began at T
//	it ended without a next channel         as it was
//
// p is from the Kaplan-Meier estimate of the time to success, in which a code whose channel
// was given up counts until then. A code that goes to the next channel at another time than
// it did is verified as often as those that went there at that time: a rate that falls with
// the wait, by isotonic regression. No timeout beyond the longest wait seen is judged.
//
// A success is the confirmation of the delivery, for which a timeout waits, and not the time at
// which the code was typed.
//
// The confidence is from 200 bootstrap samples (Poisson, with a fixed seed): the share in which
// the claimed timeout does not cost less than the attempts that were made, times the number of
// timeouts it was chosen from (Bonferroni), is the error. Limits: the rates of codes
// that went on at different times are compared as if chance had chosen the time, and a user
// who gets a second code may still use the first.
package frontier
