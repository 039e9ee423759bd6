using System.Diagnostics;

namespace EdgeVision.IntegrationTests.Capture;

/// <summary>A FIFO with a writer, so that opening it for reading does not block.</summary>
internal sealed class NamedPipe : IDisposable
{
    private readonly FileStream _writer;

    public NamedPipe(string path)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux opens a FIFO for reading and writing.");
        using (var mkfifo = Process.Start("mkfifo", [path]))
        {
            mkfifo.WaitForExit();
            Assert.Equal(0, mkfifo.ExitCode);
        }

        _writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
    }

    public void Dispose() => _writer.Dispose();
}
