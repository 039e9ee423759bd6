using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.IntegrationTests.Packaging;

namespace EdgeVision.IntegrationTests.Consumers;

/// <summary>A program of samples/consumers, as its reader starts it.</summary>
internal sealed class SampleConsumer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly SemaphoreSlim OneInstall = new(1);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _said = new();
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SampleConsumer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text) _lines.Writer.TryWrite(text);
        };
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it wrote beside the events: gaps, mistakes.</summary>
    public IReadOnlyCollection<string> Said => _said;

    /// <param name="language">python or node.</param>
    /// <param name="port">Of a broker on loopback.</param>
    /// <param name="more">Arguments.</param>
    public static async Task<SampleConsumer> StartAsync(string language, int port, params string[] more)
    {
        var folder = Repository.PathOf("samples", "consumers", language);
        var (program, script) = language == "python" ? ("/usr/bin/python3", "consume.py") : ("node", "consume.js");
        if (language == "python") await RequirePahoAsync();
        else await RequireMqttJsAsync(folder);
        var process = Process.Start(new ProcessStartInfo(program, [Path.Combine(folder, script), "--port", $"{port}", .. more]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var consumer = new SampleConsumer(process);
        try
        {
            await consumer._subscribed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
            return consumer;
        }
        catch (TimeoutException)
        {
            var said = string.Join(" | ", consumer._said);
            await consumer.DisposeAsync();
            throw new InvalidOperationException($"{script} did not subscribe: {said}");
        }
    }

    public async Task<List<string>> TakeAsync(int count)
    {
        var lines = new List<string>(count);
        while (lines.Count < count) lines.Add(await _lines.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken));
        return lines;
    }

    /// <summary>Its end, by itself.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static async Task RequirePahoAsync()
    {
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("python3 is not installed; apt-get install python3 python3-paho-mqtt");
        var (code, _, _) = await Deployment.RunAsync("/usr/bin/python3", ["-c", "import paho.mqtt.client"], "");
        if (code != 0) Assert.Skip("paho is not installed; apt-get install python3-paho-mqtt");
    }

    private static async Task RequireMqttJsAsync(string folder)
    {
        Mosquitto.Require("node", "nodejs");
        Mosquitto.Require("npm", "npm");
        await OneInstall.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json"))) return;
            var (code, _, why) = await Deployment.RunAsync("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"], "");
            if (code != 0) Assert.Skip($"The package mqtt cannot be installed: {why[^Math.Min(why.Length, 400)..]}");
        }
        finally
        {
            OneInstall.Release();
        }
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        _said.Enqueue(line);
        if (line == "subscribed") _subscribed.TrySetResult();
    }
}
