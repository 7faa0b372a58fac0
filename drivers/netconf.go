package drivers

// Netconf is how a platform is read through NETCONF (RFC 6241): facts out of platform.yaml, never
// code. Without a Fetch it is not. Requests are whole elements, as they stand inside <rpc>.
type Netconf struct {
	Fetch string            // the request whose answer is the configuration
	Text  string            // the element of that answer whose characters are the configuration
	Read  map[string]string // the whole vocabulary of Probe: name -> request
}
