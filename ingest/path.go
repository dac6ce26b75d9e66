package ingest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tributary-hq/tributary/ingest/proof"
)

// route is a path pattern and its handler.
type route struct {
	// pattern stands for the path in logs, metrics and spans, so that a secret in the
	// path does not get there.
	pattern  string
	segments []string // of the pattern
	provider string
	handle   func(*exchange) error
}

// router finds the route of a path.
type router []route

// relayPath is the path of the provider's API that our own callers reach through ingest.
const relayPath = "/calls/flash"

func newRouter() router {
	var r router
	code := providers()
	for _, id := range providerIDs() {
		base := "/v1/" + id + "/{source}"
		r = append(r, route{pattern: base, provider: id, handle: (*exchange).webhook})
		if code[id].PathSecret {
			r = append(r, route{pattern: base + "/{secret}", provider: id, handle: (*exchange).webhook})
		}
		if code[id].Relays {
			r = append(r, route{pattern: base + relayPath, provider: id, handle: (*exchange).relay})
		}
	}
	for i := range r {
		r[i].segments = strings.Split(r[i].pattern[1:], "/")
	}
	return r
}

// noPattern stands for the pattern of a path without a route.
const noPattern = "/"

// pathValues are the variable segments of a path.
type pathValues struct{ source, secret string }

// find returns the route of an escaped path, or a refusal. It skips empty segments and
// ".", which a base URL that ends in "/" produces. net/http's mux would redirect
// instead, which no provider follows, and would repeat the secret in the Location
// header. A ".." is refused.
func (r router) find(escaped string) (*route, pathValues, *proof.Refusal) {
	const most = 5 // segments of the longest route
	var segments [most]string
	n := 0
	for rest := escaped; rest != ""; {
		var segment string
		segment, rest, _ = strings.Cut(rest, "/")
		segment, err := url.PathUnescape(segment)
		switch {
		case err != nil:
			return nil, pathValues{}, noRoute("there is nothing at this path")
		case segment == "" || segment == ".":
		case segment == "..":
			return nil, pathValues{}, noRoute(`there is nothing at this path: it has a segment ".."`)
		case n == most:
			return nil, pathValues{}, noRoute("there is nothing at this path")
		default:
			segments[n] = segment
			n++
		}
	}
	for i := range r {
		if values, ok := r[i].fits(segments[:n]); ok {
			return &r[i], values, nil
		}
	}
	return nil, pathValues{}, noRoute("there is nothing at this path")
}

func noRoute(detail string) *proof.Refusal {
	return &proof.Refusal{Status: http.StatusNotFound, Reason: "unknown_route", Detail: detail}
}

// fits compares a path's segments with those of the route.
func (r *route) fits(segments []string) (values pathValues, ok bool) {
	if len(segments) != len(r.segments) {
		return pathValues{}, false
	}
	for i, want := range r.segments {
		switch want {
		case "{source}":
			values.source = segments[i]
		case "{secret}":
			values.secret = segments[i]
		case segments[i]:
		default:
			return pathValues{}, false
		}
	}
	return values, true
}
