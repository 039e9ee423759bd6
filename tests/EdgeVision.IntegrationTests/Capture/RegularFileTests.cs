using System.Net.Sockets;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_lies_at_a_path_is_told_without_opening_it()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux is asked (statx).");
        var file = _folder.Write("a file with ü", [1]);
        ChildProcess.Run("mkfifo", _folder["pipe"]);
        File.CreateSymbolicLink(_folder["link to file"], file);
        File.CreateSymbolicLink(_folder["link to pipe"], _folder["pipe"]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder["socket"]));

        Assert.Equal(
            [null, null, null, "a named pipe", "a named pipe", "a folder", "a device", "a socket"],
            new[] { file, _folder["link to file"], _folder["missing"], _folder["pipe"], _folder["link to pipe"], _folder.Path, "/dev/zero", _folder["socket"] }.Select(RegularFile.Otherwise));
    }
}
