package sim

import "net"

// socket is that of a device, at which who comes is counted; it knows every connection that
// speaks gNMI, so that the way to the device can be lost.
type socket struct {
	net.Listener
	b *Box
}

// Accept takes one connection.
func (d socket) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	d.b.mu.Lock()
	defer d.b.mu.Unlock()
	d.b.count.Dials++
	if d.b.speech == nil {
		return c, nil
	}
	d.b.bare[c] = true
	return visitor{c, d.b}, nil
}

// visitor is a connection that speaks gNMI.
type visitor struct {
	net.Conn
	b *Box
}

// Close ends it.
func (c visitor) Close() error {
	c.b.forget(c.Conn)
	return c.Conn.Close()
}
