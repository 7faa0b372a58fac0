// Package all is the table of the drivers that read.
package all

import (
	"plumbline/drivers"
	"plumbline/drivers/gnmi"
	"plumbline/drivers/ssh"
)

// Readers is every driver that reads, by the name that platform.yaml gives.
func Readers() map[string]drivers.Reader {
	return map[string]drivers.Reader{"gnmi": gnmi.Reader{}, "ssh": ssh.Reader{}}
}
