using System.Reflection;

namespace EdgeVision.Module;

/// <summary>What this build is.</summary>
internal static class Product
{
    /// <summary>Semantic version, without the commit.</summary>
    public static string Version { get; } =
        typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
