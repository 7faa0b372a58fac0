package drivers

// Netconf is how a platform is read and written through NETCONF (RFC 6241): facts out of
// platform.yaml, never code. Without a Fetch it is not. Requests are whole elements, as they stand
// inside <rpc>.
type Netconf struct {
	Fetch string            // the request whose answer is the configuration
	Text  string            // the element of that answer whose characters are the configuration
	Read  map[string]string // the whole vocabulary of Probe: name -> request
	Needs []string          // what a device must say of itself before anything is written: candidate, confirmed-commit

	// Commit is how a change is put on trial, in requests. Questions and patterns of it are held
	// against an answer as tags and words: without attributes, and without space between elements.
	// What a step wants is such a pattern too. Without it nothing is written.
	Commit Commit
}
