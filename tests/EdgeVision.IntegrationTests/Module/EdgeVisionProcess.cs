using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>The built <c>edgevision</c> as its user starts it: another process, arguments, output, exit code, signals.</summary>
internal sealed class EdgeVisionProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _stdout = new();
    private readonly StringBuilder _stderr = new();
    private readonly ConcurrentDictionary<(string Text, bool Error), TaskCompletionSource<string>> _awaited = new();

    private EdgeVisionProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data, error: false);
        process.ErrorDataReceived += (_, line) => Take(line.Data, error: true);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Stdout
    {
        get
        {
            lock (_stdout) return _stdout.ToString();
        }
    }

    public string Stderr
    {
        get
        {
            lock (_stderr) return _stderr.ToString();
        }
    }

    public static EdgeVisionProcess Start(params string[] arguments) => StartWith(new Dictionary<string, string>(), arguments);

    public static EdgeVisionProcess StartWith(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "EdgeVision.Module"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        // What the person who runs the tests has set is no part of them.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("EDGEVISION", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        // Nodes of many tests run side by side, and a port has one owner.
        start.Environment["EDGEVISION__HTTP__PORT"] = "0";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new EdgeVisionProcess(Process.Start(start)!);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Stdout, string Stderr)> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        var code = await process.ExitAsync();
        return (code, process.Stdout, process.Stderr);
    }

    /// <summary>The first line of stdout or stderr that holds <paramref name="text"/>, past or to come.</summary>
    public async Task<string> LineAsync(string text, bool error = false)
    {
        var awaited = _awaited.GetOrAdd((text, error), static _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        if ((error ? Stderr : Stdout).Split('\n').FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal)) is { } line) return line;
        try
        {
            return await awaited.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"'{text}' was never written.\nstdout:\n{Stdout}\nstderr:\n{Stderr}");
        }
    }

    /// <summary>All of its standard input.</summary>
    public async Task SayAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        _process.StandardInput.Close();
    }

    /// <summary>SIGTERM, as a container runtime or systemd sends it.</summary>
    public void Terminate() => Mqtt.ChildProcess.Signal(_process, Mqtt.ChildProcess.Term);

    /// <summary>SIGKILL: no handler, no flush.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(within ?? TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"edgevision did not end.\nstdout:\n{Stdout}\nstderr:\n{Stderr}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Take(string? line, bool error)
    {
        if (line is null) return;
        var all = error ? _stderr : _stdout;
        lock (all) all.Append(line).Append('\n');
        foreach (var ((text, isError), awaited) in _awaited)
        {
            if (isError == error && line.Contains(text, StringComparison.Ordinal)) awaited.TrySetResult(line);
        }
    }
}
