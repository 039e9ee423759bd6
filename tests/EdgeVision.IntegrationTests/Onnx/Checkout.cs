using System.Runtime.CompilerServices;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Where the tests find the project's own files, from wherever they are started.</summary>
internal static class Checkout
{
    public static string BundledModel => Path.Combine(Root, "models", "nanodet-g-416");

    public static string Asset(string name) => Path.Combine(Root, "tests", "assets", name);

    /// <summary>Beside the checkout; absent on most machines.</summary>
    public static string Shared(string name) => Path.GetFullPath(Path.Combine(Root, "..", "shared", name));

    private static string Root { get; } = Find();

    private static string Find([CallerFilePath] string source = "")
    {
        foreach (var start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(source)! })
        {
            for (var at = start; at is not null; at = Path.GetDirectoryName(at))
            {
                if (File.Exists(Path.Combine(at, "EdgeVision.sln"))) return at;
            }
        }

        throw new InvalidOperationException("The tests are started outside of a checkout.");
    }
}
