using System.Net.Sockets;

namespace EdgeVision.Module.Doctor;

/// <summary>Whether this user may connect to the workload API at all.</summary>
internal static class WorkloadSocket
{
    private const string Check = "workload socket";

    /// <summary>By connecting, which is what counts: modes, groups and mounts are told only as an explanation.</summary>
    public static async Task<Finding?> CheckAsync(Uri address, CancellationToken stopping)
    {
        var isUnix = address.Scheme == "unix";
        var shown = isUnix ? address.LocalPath : address.GetLeftPart(UriPartial.Authority);
        using var socket = isUnix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isUnix) await socket.ConnectAsync(new UnixDomainSocketEndPoint(shown), stopping);
            else await socket.ConnectAsync(address.Host, address.Port, stopping);
            return Finding.Ok(Check, $"{shown} takes connections of this user.");
        }
        catch (ArgumentException)
        {
            return Finding.Fail(Check, $"{shown} is too long for a unix socket.", "Compare IOTEDGE_WORKLOADURI with the deployment; the IoT Edge runtime sets it, nobody else should.");
        }
        catch (SocketException e)
        {
            return OfError(shown, e.SocketErrorCode, isUnix);
        }
    }

    private static Finding OfError(string shown, SocketError error, bool isUnix)
    {
        if (error is SocketError.AccessDenied)
            return Finding.Fail(Check, $"{shown} {Mode(shown)} may not be opened by this user ('{Environment.UserName}').", "Run the module as a user who may read and write it (User in createOptions), or correct its group on the device.");
        return isUnix && !File.Exists(shown)
            ? Finding.Fail(Check, $"{shown} is not there.", "The IoT Edge runtime mounts it for its modules: start this node by a deployment, or mount the socket (Binds in createOptions).")
            : Finding.Fail(Check, $"{shown} is there, but nobody answers ({error}).", "Start the IoT Edge runtime on the device: iotedge system restart, then iotedge check.");
    }

    private static string Mode(string path)
    {
        try
        {
            return OperatingSystem.IsWindows() ? "" : $"({Convert.ToString((int)File.GetUnixFileMode(path), 8)})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "(in a folder that is closed)";
        }
    }
}
