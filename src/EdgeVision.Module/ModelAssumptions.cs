using EdgeVision.Models;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>Tells what nobody has said of a bare model and its family's habits filled in: never silently.</summary>
internal static partial class ModelAssumptions
{
    /// <summary>One line on stderr, if there is anything to tell.</summary>
    public static async Task PrintAsync(ModelPackage package)
    {
        if (package.Assumptions.Count == 0) return;
        await Console.Error.WriteLineAsync(
            $"Model '{package.Manifest.Name}' (licence {package.Manifest.Licence}) comes without {List(package)}: these are where its family usually starts, not measured on this model. Set them with --manifest.");
    }

    /// <summary>One warning, if there is anything to tell.</summary>
    public static void Log(ILogger log, ModelPackage package)
    {
        if (package.Assumptions.Count > 0) Assumed(log, package.Manifest.Name, package.Manifest.Licence, List(package));
    }

    private static string List(ModelPackage package) => string.Join(" and ", package.Assumptions);

    [LoggerMessage(EventIds.ModelAssumed, LogLevel.Warning, "Model {Model} (licence {Licence}) comes without {Assumed}: these are where its family usually starts, not measured on this model. Set them with --manifest.")]
    private static partial void Assumed(ILogger log, string model, string licence, string assumed);
}
