using System.Globalization;
using EdgeVision.Capture.Gpio;
using EdgeVision.Outputs;

namespace EdgeVision.Module.Doctor;

/// <summary>The configured GPIO lines, asked of the kernel; none is taken, and none is switched.</summary>
internal static class GpioChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="options">Whose lines.</param>
    /// <param name="read">What there is: <see cref="GpioInventory.Read"/>.</param>
    /// <param name="time">Measures patience: a chip at the end of a bus may hang.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(EdgeVisionOptions options, Func<GpioLineName, GpioInventory> read, TimeProvider time, CancellationToken stopping)
    {
        var findings = new List<Finding>();
        // Cameras may share a gate.
        foreach (var users in Lines(options).Where(l => l.Line != default).GroupBy(l => l.Line))
        {
            var check = $"gpio {users.Key}";
            var owner = string.Join(", ", users.Select(u => u.Owner));
            try
            {
                var probe = Task.Run(() => GpioProbe.Explain(read(users.Key), users.Key), stopping);
                findings.Add(Judge(check, owner, await probe.WaitAsync(Patience, time, stopping)));
            }
            catch (TimeoutException)
            {
                findings.Add(Finding.Fail(check, string.Create(CultureInfo.InvariantCulture, $"Its chip did not answer within {Patience.TotalSeconds} s ({owner})."), "Look at the chip's bus and at the kernel's log (dmesg)."));
            }
        }

        return findings;
    }

    private static Finding Judge(string check, string owner, GpioFinding found)
    {
        var detail = $"{found.Detail} ({owner}).";
        if (found.Condition is GpioCondition.Free) return Finding.Ok(check, detail);
        // Held by a node, it works; whether by this one, the kernel does not say.
        if (found.Line is { IsHeldByNode: true }) return Finding.Ok(check, $"{found.Detail}, a running node ({owner}).");
        var fix = found.Fix ?? "edgevision gpio list shows all lines";
        return Finding.Fail(check, detail, $"{char.ToUpperInvariant(fix[0])}{fix[1..]}.");
    }

    private static IEnumerable<(string Owner, GpioLineName Line)> Lines(EdgeVisionOptions options)
    {
        foreach (var (name, camera) in options.Cameras)
        {
            if (camera.Trigger is { } trigger) yield return ($"trigger of camera {name}", trigger.Line.Line);
            if (camera.Trigger?.Strobe is { } strobe) yield return ($"strobe of camera {name}", strobe.Line.Line);
            if (camera.Gate is { } gate) yield return ($"gate of camera {name}", gate.Line.Line);
        }

        foreach (var (name, output) in options.Outputs) yield return ($"output {name}", output.Line.Line);
        if (options.StatusLight is { } light) yield return ("status light", light.Line);
    }
}
