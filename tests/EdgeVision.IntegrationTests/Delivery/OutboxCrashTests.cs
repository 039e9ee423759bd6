using System.Diagnostics;
using System.Globalization;
using System.Text;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Delivery;

/// <summary>
/// A real process appends at full speed from several threads, delivers, and is killed with SIGKILL; again and again over one outbox.
/// <c>EDGEVISION_CRASHES</c> says how often (5).
/// </summary>
public sealed class OutboxCrashTests
{
    private const string DirectoryVariable = "EDGEVISION_CRASH_DIRECTORY";
    private const int Threads = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly NodeIdentity Node = new("node-1", "edgevision", "test", static () => true);

    [Fact]
    public async Task A_killed_process_leaves_no_gap_and_loses_nothing_that_was_acknowledged()
    {
        var directory = Directory.CreateTempSubdirectory("edgevision-crash-").FullName;
        var crashes = int.Parse(Environment.GetEnvironmentVariable("EDGEVISION_CRASHES") ?? "5", CultureInfo.InvariantCulture);
        var random = new Random(20261122);
        var before = 0L;
        for (var crash = 1; crash <= crashes; crash++)
        {
            await KillAppenderAsync(directory, TimeSpan.FromMilliseconds(random.Next(50, 600)));
            var (last, again) = await CheckAsync(directory);
            Assert.True(last > before, "The process appended nothing.");
            TestContext.Current.SendDiagnosticMessage($"crash {crash}: {last - before} events appended before it, {last} in all, {again} came again after it");
            before = last;
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>The child process of the test above, which starts this executable with exactly this method; it never ends by itself.</summary>
    [Fact(Explicit = true)]
    public async Task Append_until_killed()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is not { } directory)
        {
            Assert.Skip($"A child process of the crash test; needs {DirectoryVariable}.");
            return;
        }

        var outbox = Outbox.Open(directory, OptionsReader.Defaults(OutboxOptions.Read), Node, ["file"], TimeProvider.System, NullLogger.Instance);
        await using var sink = new FileSink(Path.Combine(directory, "delivered"));
        var delivery = new DeliveryLoop(outbox, "file", sink, new SinkTelemetry("file"), TimeProvider.System, NullLogger.Instance).RunAsync(CancellationToken.None);
        await Task.WhenAll([delivery, .. Enumerable.Range(0, Threads).Select(n => Task.Run(() => AppendAsync(outbox, directory, n)))]);
    }

    private static async Task AppendAsync(Outbox outbox, string directory, int thread)
    {
        await using var acknowledged = OpenLog(Path.Combine(directory, $"acknowledged-{thread}"));
        for (var i = 0; ; i++)
        {
            // Without waiting for each: full speed, many in flight when the end comes.
            var appends = Enumerable.Range(0, 20).Select(n => outbox.AppendAsync(Events(thread, 1 + ((i + n) % 3)), CancellationToken.None).AsTask()).ToList();
            foreach (var append in appends) WriteLine(acknowledged, await append);
        }
    }

    private static List<VisionEvent> Events(int thread, int count) => [.. Enumerable.Range(0, count).Select(_ => (VisionEvent)new CameraEvent
    {
        Time = TimeProvider.System.GetUtcNow(), Camera = $"camera-{thread}", State = CameraState.Recovered, Reason = new string('x', 600),
    })];

    private static async Task KillAppenderAsync(string directory, TimeSpan after)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "EdgeVision.IntegrationTests.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["exec", assembly, "-explicit", "only", "-method", $"{typeof(OutboxCrashTests).FullName}.{nameof(Append_until_killed)}"])
            start.ArgumentList.Add(argument);
        start.Environment[DirectoryVariable] = directory;
        var path = Path.Combine(directory, "acknowledged-0");
        var length = File.Exists(path) ? new FileInfo(path).Length : 0;
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!child.HasExited && (!File.Exists(path) || new FileInfo(path).Length == length)) await tick.WaitForNextTickAsync(patience.Token);
        await Task.Delay(after, TimeProvider.System, TestContext.Current.CancellationToken);
        var early = child.HasExited;
        child.Kill(); // SIGKILL
        await child.WaitForExitAsync(patience.Token);
        Assert.False(early, "The child ended by itself: " + await output);
    }

    /// <summary>Returns the last sequence, and how many events come although the consumer had them.</summary>
    private static async Task<(long Last, long Again)> CheckAsync(string directory)
    {
        await using var outbox = Outbox.Open(directory, OptionsReader.Defaults(OutboxOptions.Read), Node, ["file"], TimeProvider.System, NullLogger.Instance);
        var delivered = Lines(Path.Combine(directory, "delivered"));
        var seen = new HashSet<long>();
        var firsts = delivered.Where(seen.Add).ToList();
        Assert.Equal(firsts.Order(), firsts);
        Assert.True(outbox.LastSequence >= (firsts.Count == 0 ? 0 : firsts[^1]), "Something was delivered that is not in the outbox.");

        // What is held goes on exactly where a consumer that drops duplicates has come to.
        var cursor = outbox.Cursor("file");
        var cameras = new Dictionary<string, long>();
        var position = cursor.Position;
        var again = firsts.Count - position;
        Assert.InRange(position, 0, firsts.Count);
        while (cursor.Read(1000, int.MaxValue) is { Count: > 0 } batch)
        {
            foreach (var entry in batch)
            {
                Assert.Equal(++position, entry.Sequence);
                if (cameras.TryGetValue(entry.Camera!, out var previous)) Assert.Equal(previous + 1, entry.CameraSequence);
                cameras[entry.Camera!] = entry.CameraSequence;
                seen.Add(entry.Sequence);
            }

            cursor.Advance(position);
        }

        Assert.Equal(outbox.LastSequence, position);
        Assert.Equal(outbox.LastSequence, seen.Count);
        for (var thread = 0; thread < Threads; thread++)
        {
            var acknowledged = Path.Combine(directory, $"acknowledged-{thread}");
            if (File.Exists(acknowledged)) Assert.All(Lines(acknowledged), sequence => Assert.Contains(sequence, seen));
        }

        // The check is a consumer, too: what it has read counts as delivered.
        using var log = OpenLog(Path.Combine(directory, "delivered"));
        foreach (var sequence in seen.Except(firsts).Order()) WriteLine(log, sequence);
        return (outbox.LastSequence, again);
    }

    private static List<long> Lines(string path) =>
        File.Exists(path) ? [.. File.ReadAllLines(path).Select(l => long.Parse(l, CultureInfo.InvariantCulture))] : [];

    /// <summary>Unbuffered: what is written here is the kernel's, whatever becomes of the process.</summary>
    private static FileStream OpenLog(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private static void WriteLine(FileStream log, long sequence) => log.Write(Encoding.ASCII.GetBytes(sequence.ToString(CultureInfo.InvariantCulture) + "\n"));

    private sealed class FileSink(string path) : IEventSink
    {
        private readonly FileStream _log = OpenLog(path);

        public ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
        {
            foreach (var entry in batch) WriteLine(_log, entry.Sequence);
            return ValueTask.FromResult(DeliveryResult.All(batch.Count));
        }

        public ValueTask DisposeAsync() => _log.DisposeAsync();
    }
}
