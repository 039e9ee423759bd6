using EdgeVision.Configuration;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Outputs;

/// <summary>Mistakes that outputs make only together with cameras, or with the model.</summary>
public static class OutputCheck
{
    /// <summary>Cameras that there are not, or that are too slow for the rule.</summary>
    /// <param name="options">Of the section that has <c>Outputs</c>.</param>
    /// <param name="outputs">By name.</param>
    /// <param name="cameras">By name.</param>
    public static void RefuseCameras(OptionsReader options, IReadOnlyDictionary<string, OutputOptions> outputs, IReadOnlyDictionary<string, CameraOptions> cameras)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(cameras);
        foreach (var (name, output) in outputs)
        {
            foreach (var camera in output.Rule.Cameras.Where(c => !cameras.ContainsKey(c)))
            {
                var hint = Spelling.Nearest(camera, cameras.Keys) is { } nearest ? $"did you mean '{nearest}'?" : cameras.Count == 0 ? "there is none." : $"there are {string.Join(", ", cameras.Keys)}.";
                options.Refuse($"Outputs:{name}:Rule:Cameras", $"'{camera}' is no camera of this node; {hint}");
            }

            if (output.Rule.Kind is OutputRuleKind.CameraLost) continue;
            foreach (var (camera, slow) in Of(output.Rule, cameras).Where(c => c.Value.MaxFps > 0 && 1 / c.Value.MaxFps >= output.Rule.ForgetAfter.TotalSeconds))
                options.Refuse($"Outputs:{name}:Rule:ForgetAfterMs", FormattableString.Invariant($"{output.Rule.ForgetAfter.TotalMilliseconds} is no longer than a frame of camera '{camera}' takes with MaxFps {slow.MaxFps}, so the output would go off between two frames; raise it well above {1000 / slow.MaxFps:0}."));
        }
    }

    /// <summary>Classes that the model does not know, or that no camera of the rule reports.</summary>
    public static IEnumerable<ConfigurationMistake> Classes(IReadOnlyDictionary<string, OutputOptions> outputs, IReadOnlyDictionary<string, CameraOptions> cameras, ModelIdentity model)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(model);
        foreach (var (name, output) in outputs)
        {
            var path = $"{ConfigurationTree.RootKey}:Outputs:{name}:Rule:Classes";
            foreach (var text in DetectionFilter.UnknownClasses(output.Rule.Classes, model.Name, model.Labels)) yield return new ConfigurationMistake(path, text);
            foreach (var label in output.Rule.Classes.Where(c => model.Labels.Contains(c, StringComparer.OrdinalIgnoreCase) && !Of(output.Rule, cameras).Any(camera => Reports(camera.Value, c))))
                yield return new ConfigurationMistake(path, $"'{label}' is left out by the Classes of every camera of this rule, so it would never hold; add it there or remove it here.");
        }
    }

    /// <summary>The cameras that a rule is about, in the order of their configuration.</summary>
    public static IEnumerable<KeyValuePair<string, CameraOptions>> Of(OutputRuleOptions rule, IReadOnlyDictionary<string, CameraOptions> cameras)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(cameras);
        return cameras.Where(c => rule.Cameras.Count == 0 || rule.Cameras.Contains(c.Key, StringComparer.OrdinalIgnoreCase));
    }

    private static bool Reports(CameraOptions camera, string label) => camera.Filter.Classes.Count == 0 || camera.Filter.Classes.Contains(label, StringComparer.OrdinalIgnoreCase);
}
