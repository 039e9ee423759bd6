using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>One message as an independent client saw it.</summary>
internal sealed record Received(string Topic, bool Retained, string Payload);

/// <summary>mosquitto_sub as a child process: what it prints is what a consumer gets.</summary>
internal sealed class MosquittoSub : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<Received> _lines = Channel.CreateUnbounded<Received>();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MosquittoSub(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Returns once the subscription is acknowledged: what is published from now on arrives.</summary>
    public static async Task<MosquittoSub> StartAsync(int port, string topic, params string[] more)
    {
        Mosquitto.Require("mosquitto_sub", "mosquitto-clients");
        string[] arguments = ["-h", "127.0.0.1", "-p", $"{port}", "-t", topic, "-q", "1", "-d", "-F", "MSG\t%t\t%r\t%p", .. more];
        var process = Process.Start(new ProcessStartInfo("stdbuf", ["-oL", "mosquitto_sub", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        var sub = new MosquittoSub(process);
        try
        {
            await sub._subscribed.Task.WaitAsync(TimeSpan.FromSeconds(10));
            return sub;
        }
        catch (TimeoutException)
        {
            var said = string.Join(" | ", sub._errors);
            await sub.DisposeAsync();
            throw new InvalidOperationException($"mosquitto_sub did not subscribe: {said}");
        }
    }

    /// <summary>The next message. One that comes after the patience is over is for the next who asks.</summary>
    public async Task<Received> NextAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(10));
        try
        {
            return await _lines.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No message within {patience ?? TimeSpan.FromSeconds(10)}.");
        }
    }

    /// <summary>Message by message, for as long as there is patience.</summary>
    public IAsyncEnumerable<Received> AllAsync(CancellationToken stopping) => _lines.Reader.ReadAllAsync(stopping);

    public async Task<List<Received>> TakeAsync(int count)
    {
        var taken = new List<Received>(count);
        while (taken.Count < count) taken.Add(await NextAsync());
        return taken;
    }

    /// <summary>Messages until one satisfies <paramref name="isLast"/>, that one included.</summary>
    public async Task<List<Received>> TakeUntilAsync(Func<Received, bool> isLast)
    {
        var taken = new List<Received>();
        do taken.Add(await NextAsync());
        while (!isLast(taken[^1]));
        return taken;
    }

    /// <summary>SIGSTOP: it reads no more.</summary>
    public void Freeze() => ChildProcess.Signal(_process, ChildProcess.Stop);

    public void Thaw() => ChildProcess.Signal(_process, ChildProcess.Continue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        if (line.Contains("received SUBACK", StringComparison.Ordinal)) _subscribed.TrySetResult();
        var parts = line.Split('\t', 4);
        if (parts.Length == 4 && parts[0] == "MSG") _lines.Writer.TryWrite(new Received(parts[1], parts[2] == "1", parts[3]));
    }
}
