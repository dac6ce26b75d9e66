// Package idp logs people in by OpenID Connect.
//
//	browser ─► Begin: state, nonce, PKCE ─► identity provider ─► Finish: code ─► ID token ─► Identity
//
// Promise: a login ends only in the browser that began it, once, within ten minutes, and with an ID
// token that the issuer has signed for this client and this login. The issuer is asked when somebody
// logs in, so that the console starts while the issuer is away.
//
// Discovery, keys and tokens are those of go-oidc and golang.org/x/oauth2.
package idp
