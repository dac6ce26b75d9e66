package ingest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// way is one way in.
type way struct {
	// route is what logs, metrics and spans carry instead of the path.
	route    string
	segments []string // of the route
	provider string
	handle   func(*exchange) error
}

// router finds the way of a path.
type router []way

func newRouter() router {
	r := router{
		{route: "/v1/lox24/{source}", provider: raw.ProviderLOX24, handle: (*exchange).lox24},
		{route: "/v1/lox24/{source}/{secret}", provider: raw.ProviderLOX24, handle: (*exchange).lox24},
		{route: "/v1/uapay/{source}", provider: raw.ProviderUAPAY, handle: (*exchange).uapay},
		{route: "/v1/voximplant/{source}", provider: raw.ProviderVoximplant, handle: (*exchange).voximplant},
		{route: "/v1/unibell/{source}", provider: raw.ProviderUnibell, handle: (*exchange).unibell},
		{route: "/v1/unibell/{source}/{secret}", provider: raw.ProviderUnibell, handle: (*exchange).unibell},
		{route: "/v1/unibell/{source}/calls/flash", provider: raw.ProviderUnibell, handle: (*exchange).relay},
	}
	for i := range r {
		r[i].segments = strings.Split(r[i].route[1:], "/")
	}
	return r
}

// elsewhere is the route of every path that has no way.
const elsewhere = "/"

// named is what a path names.
type named struct{ source, secret string }

// find returns the way of an escaped path, or a refusal. Empty segments and "." are
// passed over: a base URL that ends in "/" makes them. net/http's mux would redirect,
// which no provider follows, and repeat the secret in the Location. A ".." is refused.
func (r router) find(escaped string) (*way, named, *proof.Refusal) {
	const most = 5 // segments of the longest route
	var segments [most]string
	n := 0
	for rest := escaped; rest != ""; {
		var segment string
		segment, rest, _ = strings.Cut(rest, "/")
		segment, err := url.PathUnescape(segment)
		switch {
		case err != nil:
			return nil, named{}, noRoute("there is nothing at this path")
		case segment == "" || segment == ".":
		case segment == "..":
			return nil, named{}, noRoute(`there is nothing at this path: it has a segment ".."`)
		case n == most:
			return nil, named{}, noRoute("there is nothing at this path")
		default:
			segments[n] = segment
			n++
		}
	}
	for i := range r {
		if in, ok := r[i].fits(segments[:n]); ok {
			return &r[i], in, nil
		}
	}
	return nil, named{}, noRoute("there is nothing at this path")
}

func noRoute(detail string) *proof.Refusal {
	return &proof.Refusal{Status: http.StatusNotFound, Reason: "unknown_route", Detail: detail}
}

// fits compares a path's segments with those of the route.
func (w *way) fits(segments []string) (in named, ok bool) {
	if len(segments) != len(w.segments) {
		return named{}, false
	}
	for i, want := range w.segments {
		switch want {
		case "{source}":
			in.source = segments[i]
		case "{secret}":
			in.secret = segments[i]
		case segments[i]:
		default:
			return named{}, false
		}
	}
	return in, true
}
