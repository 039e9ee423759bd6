using System.Diagnostics;
using System.Text.Json;

namespace EdgeVision.DeviceTests;

/// <summary>The built <c>edgevision</c> as its user starts it.</summary>
internal static class EdgeVisionCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "EdgeVision.Module");

    public static Task<(int Code, string Stdout, string Stderr)> RunAsync(params string[] arguments) => StartAsync(Program, arguments);

    /// <summary>As a user who is nobody, in no group.</summary>
    public static Task<(int Code, string Stdout, string Stderr)> RunAsNobodyAsync(params string[] arguments) =>
        StartAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", Program, .. arguments]);

    private static async Task<(int Code, string Stdout, string Stderr)> StartAsync(string program, string[] arguments)
    {
        var stopping = TestContext.Current.CancellationToken;
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var (stdout, stderr) = (process.StandardOutput.ReadToEndAsync(stopping), process.StandardError.ReadToEndAsync(stopping));
            await process.WaitForExitAsync(stopping).WaitAsync(Patience, stopping);
            return (process.ExitCode, await stdout, await stderr);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The same with <c>--report</c>, which must succeed.</summary>
    public static async Task<JsonElement> ReportAsync(params string[] arguments)
    {
        var path = Path.GetTempFileName();
        try
        {
            var (code, _, stderr) = await RunAsync([.. arguments, "--report", path]);
            Assert.True(code == 0, stderr);
            using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
            return report.RootElement.Clone();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
