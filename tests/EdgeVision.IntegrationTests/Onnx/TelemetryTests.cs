using System.Diagnostics;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>
/// Left alone, ONNX Runtime 1.31.1 writes <c>.cache/Microsoft/DeveloperTools/.onnxruntime/{deviceid,onnxruntime.db}</c> below HOME as soon as a session is
/// opened, and sends what it holds. Seen so with an empty HOME; with the variable set by .NET only, too.
/// </summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("edgevision-home-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    /// <summary>The library reads its environment once a process, hence a fresh one: this executable again, which runs only <see cref="Opens_a_session"/>.</summary>
    [Fact]
    public async Task Opening_a_model_leaves_an_empty_home_empty()
    {
        await OwnProcess.RunAsync(typeof(TelemetryTests), nameof(Opens_a_session), Clean);
        Assert.Empty(Directory.GetFileSystemEntries(_home, "*", SearchOption.AllDirectories));
    }

    /// <summary>Run by the other test, in a process of its own.</summary>
    [Fact(Explicit = true)]
    public void Opens_a_session()
    {
        using var model = OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(0), NullLogger.Instance);
        Assert.Equal([1, 3549, 124], model.Outputs[0].Dimensions);
    }

    private void Clean(ProcessStartInfo start)
    {
        start.WorkingDirectory = _home;

        // Without what would keep ONNX Runtime silent by itself, and without what would lead its files elsewhere.
        foreach (var name in start.Environment.Keys.ToArray())
        {
            if (name.StartsWith("ORT_", StringComparison.Ordinal) || name.StartsWith("XDG_", StringComparison.Ordinal) || IsOfContinuousIntegration(name)) start.Environment.Remove(name);
        }

        start.Environment["HOME"] = _home;
    }

    private static bool IsOfContinuousIntegration(string name) =>
        name is "CI" or "TF_BUILD" || name.StartsWith("GITHUB_", StringComparison.Ordinal) || name.StartsWith("GITLAB_", StringComparison.Ordinal);
}
