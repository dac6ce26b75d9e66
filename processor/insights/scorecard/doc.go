// Package scorecard says how well a provider reported on each day: something to show to the
// provider.
//
//	stages of the raw topics ─► Counts of a minute ─► sums of the day (UTC, by receipt) ─► PROVIDER_SCORECARD signal
//
// The signal of a day is raised with its first hour, updated each hour and ends after the
// retention; it is not withdrawn, because it is no alarm. Its severity is WARNING where a
// bound of Settings is passed, by the lower end of the 95 % interval of Wilson and by
// MinRecords at least, so that a few do not decide it.
package scorecard
