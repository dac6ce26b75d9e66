// Command ask runs every query of the dashboards against a Prometheus and prints the
// number of series of each. The exit code is 1 if a query failed or unexpectedly
// returned nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/dashboards"
)

func main() {
	url := flag.String("prometheus", "http://127.0.0.1:9093", "address of Prometheus")
	verbose := flag.Bool("v", false, "name the queries that returned something, too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	bad := run(ctx, os.Stdout, *url, *verbose)
	stop()
	if bad > 0 {
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, url string, verbose bool) (bad int) {
	const patience = 30 * time.Second
	prometheus := &dashboards.Prometheus{URL: url, Client: &http.Client{Timeout: patience}}
	var full, quiet int
	asks, at := dashboards.Asks(), time.Now()
	for i := range asks {
		a := prometheus.Ask(ctx, &asks[i], at)
		place := a.Dashboard + " / " + a.Panel + " / " + a.Legend
		switch {
		case a.Err != nil:
			bad++
			fmt.Fprintf(out, "FAILED  %s\n        %v\n        %s\n", place, a.Err, a.Expr)
		case a.Numbers > 0:
			full++
			if verbose {
				fmt.Fprintf(out, "%6d  %s\n", a.Series, place)
			}
		case a.Quiet != "":
			quiet++
			fmt.Fprintf(out, "quiet   %s: %s\n", place, a.Quiet)
		default:
			bad++
			fmt.Fprintf(out, "EMPTY   %s: %d series, no number\n        %s\n", place, a.Series, a.Expr)
		}
	}
	fmt.Fprintf(out, "%d queries: %d returned data, %d rightly none, %d failed or returned none\n", len(asks), full, quiet, bad)
	return bad
}
