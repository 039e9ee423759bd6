using System.Runtime.InteropServices;
using EdgeVision.Module;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>Real signals to this very process, which survives them because the test asks for that.</summary>
public sealed partial class LastResortTests
{
    private const int Hangup = 1, Terminate = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_hangup_is_acted_on_at_once()
    {
        using var survivor = Survive(PosixSignal.SIGHUP, out var heard);
        var acted = new SemaphoreSlim(0);
        using var resort = new LastResort(() => acted.Release());
        await RaiseAsync(Hangup, heard);
        Assert.True(await acted.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stop_is_acted_on_when_it_is_asked_for_a_second_time()
    {
        using var survivor = Survive(PosixSignal.SIGTERM, out var heard);
        var acted = new SemaphoreSlim(0);
        using (new LastResort(() => acted.Release()))
        {
            await RaiseAsync(Terminate, heard);
            await RaiseAsync(Terminate, heard);
            Assert.True(await acted.WaitAsync(Patience, TestContext.Current.CancellationToken));
            Assert.Equal(0, acted.CurrentCount);     // the first one did nothing
        }

        await RaiseAsync(Terminate, heard);
        Assert.Equal(0, acted.CurrentCount);     // and nobody is bothered after its end
    }

    [Fact]
    public async Task What_hangs_keeps_nobody_waiting_for_long()
    {
        using var survivor = Survive(PosixSignal.SIGHUP, out var heard);
        using var never = new ManualResetEventSlim();
        using (new LastResort(() => never.Wait(Patience))) await RaiseAsync(Hangup, heard);
        never.Set();
    }

    /// <summary>The handlers of a signal run one after the other, the newest first; this one, being the oldest, hears it last.</summary>
    private static PosixSignalRegistration Survive(PosixSignal signal, out SemaphoreSlim heard)
    {
        var last = heard = new SemaphoreSlim(0);
        return PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            last.Release();
        });
    }

    private static async Task RaiseAsync(int signal, SemaphoreSlim heard)
    {
        Assert.Equal(0, Kill(Environment.ProcessId, signal));
        Assert.True(await heard.WaitAsync(Patience, TestContext.Current.CancellationToken), "The signal was never heard.");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
