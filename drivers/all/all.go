// Package all is the table of the drivers that read.
package all

import (
	"fmt"

	"plumbline/drivers"
	"plumbline/drivers/gnmi"
	"plumbline/drivers/netconf"
	"plumbline/drivers/ssh"
)

// readers is every driver that reads, by the name that platform.yaml gives.
var readers = map[string]func(drivers.Session, drivers.Logins) drivers.Reader{
	"ssh": func(s drivers.Session, l drivers.Logins) drivers.Reader {
		return ssh.New(s, l, ssh.Options{Twice: true})
	},
	"gnmi": func(s drivers.Session, l drivers.Logins) drivers.Reader {
		return gnmi.New(s, l, gnmi.Options{})
	},
	"netconf": func(s drivers.Session, l drivers.Logins) drivers.Reader {
		return netconf.New(s, l, netconf.Options{})
	},
}

// Reader gives the reader of a platform, by the driver that its platform.yaml names.
func Reader(driver string, s drivers.Session, l drivers.Logins) (drivers.Reader, error) {
	if f, ok := readers[driver]; ok {
		return f(s, l), nil
	}
	return nil, fmt.Errorf("no driver %q reads devices; platform.yaml may name: ssh, gnmi, netconf", driver)
}
