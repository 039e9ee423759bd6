using System.Diagnostics;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

/// <summary>GStreamer's RTSP server (tests/rtsp/server.py) on loopback, in a process of its own; where it is not installed a test says so and is skipped.</summary>
internal sealed class RtspServer : IDisposable
{
    public const string User = "ad min", Password = "p@ss/w?r:d'%#";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private RtspServer(Process process, string address) => (_process, Address) = (process, address);

    /// <summary><c>rtsp://127.0.0.1:PORT</c>.</summary>
    public string Address { get; }

    public int Port => new Uri(Address).Port;

    /// <param name="port">0 for a free one.</param>
    /// <param name="secured">Asks for <see cref="User"/> and <see cref="Password"/>.</param>
    public static RtspServer Start(int port = 0, bool secured = false)
    {
        FfmpegTool.Require();
        var start = new ProcessStartInfo("/usr/bin/python3", [Repository.PathOf("tests", "rtsp", "server.py"), $"{port}", .. secured ? (string[])["--user", User, "--password", Password] : []])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!File.Exists(start.FileName)) Assert.Skip("Debian's python3 is not installed, which runs the RTSP server of the tests.");
        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var line = process.StandardOutput.ReadLineAsync().WaitAsync(Patience).GetAwaiter().GetResult();
        if (line is not null && line.StartsWith("ready ", StringComparison.Ordinal)) return new RtspServer(process, line[6..]);
        process.Kill();
        process.Dispose();
        var said = errors.GetAwaiter().GetResult();
        if (said.Contains("GstRtspServer", StringComparison.Ordinal) || said.Contains("No module named 'gi'", StringComparison.Ordinal) || said.Contains("GStreamer has no", StringComparison.Ordinal))
            Assert.Skip($"The RTSP server of the tests does not run (test.sh installs what it needs): {said.Trim().Split('\n')[^1]}");
        throw new InvalidOperationException($"tests/rtsp/server.py failed: {said}");
    }

    /// <summary>It stands still: connections stay, nothing comes.</summary>
    public void Freeze() => ChildProcess.Signal(_process, ChildProcess.Stop);

    public void Thaw() => ChildProcess.Signal(_process, ChildProcess.Continue);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
