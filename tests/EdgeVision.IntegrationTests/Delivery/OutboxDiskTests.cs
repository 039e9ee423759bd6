using System.Diagnostics;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Delivery;

/// <summary>Real disks that are full or read-only: small file systems in memory, where mounting is permitted.</summary>
public sealed class OutboxDiskTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly NodeIdentity Node = new("node-1", "edgevision", "test", static () => true);
    private readonly string _disk = Directory.CreateTempSubdirectory("edgevision-disk-").FullName;
    private bool _mounted;

    public void Dispose()
    {
        if (_mounted) Run("umount", "-l", _disk);
        Directory.Delete(_disk, recursive: true);
    }

    [Fact]
    public async Task A_disk_that_fills_up_holds_events_back_until_there_is_space()
    {
        Mount("size=2m");
        await using var outbox = Open();
        Assert.Equal(1, await outbox.AppendAsync(Event(), TestContext.Current.CancellationToken));
        var ballast = Path.Combine(_disk, "ballast");
        FillUp(ballast);

        var appends = Enumerable.Range(0, 500).Select(_ => outbox.AppendAsync(Event(), TestContext.Current.CancellationToken).AsTask()).ToArray();
        using (var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5)))
        using (var patience = new CancellationTokenSource(Patience, TimeProvider.System))
        {
            while (outbox.Status.Writable) await tick.WaitForNextTickAsync(patience.Token);
        }

        Assert.Contains(appends, a => !a.IsCompleted);
        File.Delete(ballast);
        var sequences = await Task.WhenAll(appends).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(2, 500).Select(n => (long)n), sequences.Order());
        Assert.Equal(Enumerable.Range(1, 501).Select(n => (long)n), outbox.Cursor("mqtt").Read(1000, int.MaxValue).Select(e => e.Sequence));
    }

    [Fact]
    public async Task A_new_outbox_on_a_full_disk_is_refused_with_the_fix()
    {
        Mount("size=64k");
        FillUp(Path.Combine(_disk, "ballast"));
        var refused = Assert.Throws<OutboxException>(Open);
        Assert.Contains("full", refused.Message, StringComparison.Ordinal);
        Assert.Contains("free some space", refused.Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    [Fact]
    public void A_read_only_disk_is_refused_with_the_fix()
    {
        Mount("size=1m");
        if (Run("mount", "-o", "remount,ro", _disk) != 0) Assert.Skip("Remounting is not permitted here.");
        Assert.Contains("cannot be written", Assert.Throws<OutboxException>(Open).Message, StringComparison.Ordinal);
    }

    private static CameraEvent Event() => new()
    {
        Time = TimeProvider.System.GetUtcNow(),
        Camera = "door",
        State = CameraState.Lost,
        Reason = new string('x', 500),
    };

    private static void FillUp(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[512]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1; // no such program
        }
    }

    private Outbox Open() =>
        Outbox.Open(_disk, OptionsReader.Defaults(OutboxOptions.Read), Node, ["mqtt"], TimeProvider.System, NullLogger.Instance);

    private void Mount(string options)
    {
        if (Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", _disk) != 0) Assert.Skip("Mounting a small file system is not permitted here (it takes root).");
        _mounted = true;
    }
}
