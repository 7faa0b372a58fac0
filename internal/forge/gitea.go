package forge

// gitea is Gitea or Forgejo: base ends in /api/v1. They speak the requests of GitHub that
// are used here, with the token sent in a word of their own. How long a comment may be is
// not documented: it is kept to what GitHub takes.
func gitea(c client) Forge {
	c.header = [2]string{"Authorization", "token "}
	g := hub{c}
	return Forge{comments: g, statuses: g, notices: g, most: 65_536}
}
