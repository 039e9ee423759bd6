using EdgeVision.Simulator.Hub;

namespace EdgeVision.Simulator;

/// <summary>What the device and the hub know of a module; lives as long as the simulator.</summary>
internal sealed class SimulatedModule(ModuleIdentity identity, string key, string generation)
{
    public ModuleIdentity Identity => identity;

    /// <summary>The symmetric key, base64.</summary>
    public string Key => key;

    public ReadOnlyMemory<byte> KeyBytes { get; } = Convert.FromBase64String(key);

    public string Generation => generation;

    public ModuleTwin Twin { get; } = new();

    public InputStore Inputs { get; } = new();

    /// <summary>What it announced at its last connection.</summary>
    public string? ModelId { get; set; }
}
