using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>A real broker on a port of its own, with a folder of its own; both are gone after Dispose.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly string _folder;
    private Process? _process;

    private Mosquitto(string folder, int port) => (_folder, Port) = (folder, port);

    public int Port { get; }

    /// <param name="folder">Deleted with the broker.</param>
    /// <param name="settings">Lines of mosquitto.conf after <c>listener</c>; without <c>allow_anonymous</c> or a password file it stays anonymous.</param>
    public static async Task<Mosquitto> StartAsync(string folder, params string[] settings)
    {
        Require("mosquitto", "mosquitto");
        Require("mosquitto_sub", "mosquitto-clients");
        for (var attempt = 1; ; attempt++)
        {
            var broker = new Mosquitto(folder, FreePort());
            List<string> lines = [$"listener {broker.Port} 127.0.0.1", .. settings];
            if (!settings.Any(s => s.StartsWith("allow_anonymous", StringComparison.Ordinal))) lines.Add("allow_anonymous true");
            if (ChildProcess.IsRoot) lines.Add("user root");
            await File.WriteAllLinesAsync(Path.Combine(folder, "mosquitto.conf"), lines);
            try
            {
                await broker.StartAgainAsync();
                return broker;
            }
            catch (IOException) when (attempt < 3)
            {
                await broker.DisposeAsync(); // somebody took the port in between
                Directory.CreateDirectory(folder);
            }
        }
    }

    public static string NewFolder() => Directory.CreateTempSubdirectory("edgevision-mqtt-").FullName;

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static void Require(string command, string package)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, command)));
        if (!isThere) Assert.Skip($"{command} is not installed; apt-get install {package}");
    }

    /// <summary>On the same port as before; waits until it accepts.</summary>
    public async Task StartAgainAsync()
    {
        var command = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
        _process = Process.Start(new ProcessStartInfo(command, ["-c", Path.Combine(_folder, "mosquitto.conf")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(StartTimeout);
        while (true)
        {
            if (_process.HasExited) throw new IOException($"mosquitto ended with {_process.ExitCode}");
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), patience.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
            }
        }
    }

    /// <summary>SIGTERM, and its end.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false } process) return;
        ChildProcess.Signal(process, ChildProcess.Term);
        await process.WaitForExitAsync().WaitAsync(StartTimeout);
    }

    /// <summary>SIGSTOP: it hangs, connections stay open.</summary>
    public void Freeze() => ChildProcess.Signal(_process!, ChildProcess.Stop);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => ChildProcess.Signal(_process!, ChildProcess.Continue);

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited) process.Kill(); // SIGKILL also ends what is stopped
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
