// gcloud without its start: hands the command over to the server in $GCLOUD_SERVER (gcloud_server.py), which runs it.
// Compiled, because a script's interpreter takes longer to start than most commands take to run.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"syscall"
)

func main() {
	status, err := handOver(os.Getenv("GCLOUD_SERVER"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "gcloud shim:", err)
		status = 70
	}
	os.Exit(status)
}

// handOver answers with gcloud's exit status.
func handOver(server string) (int, error) {
	folder, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	request, err := json.Marshal(map[string]any{"argv": os.Args[1:], "folder": folder, "environment": os.Environ()})
	if err != nil {
		return 0, err
	}
	connection, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return 0, err
	}
	if err := syscall.Connect(connection, &syscall.SockaddrUnix{Name: server}); err != nil {
		return 0, err
	}
	request = append(request, '\n')
	sent, err := syscall.SendmsgN(connection, request, syscall.UnixRights(0, 1, 2), nil, 0)
	for ; err == nil && len(request) > sent; sent, err = syscall.Write(connection, request) {
		request = request[sent:]
	}
	if err != nil {
		return 0, err
	}
	answer := make([]byte, 16)
	read, err := syscall.Read(connection, answer)
	if err != nil {
		return 0, err
	}
	status := 0
	_, err = fmt.Sscan(string(answer[:read]), &status)
	return status, err
}
