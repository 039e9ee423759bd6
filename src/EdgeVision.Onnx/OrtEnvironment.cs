using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>What must hold in the process before ONNX Runtime's native library loads.</summary>
internal static partial class OrtEnvironment
{
    private const string DisableTelemetry = "ORT_DISABLE_TELEMETRY";

    private static readonly Lock Gate = new();

    /// <summary>Switches ONNX Runtime's telemetry off and its log down to errors. To be called before any other use of ONNX Runtime; harmless when repeated.</summary>
    /// <exception cref="InvalidOperationException">The environment cannot be written.</exception>
    public static void Prepare()
    {
        lock (Gate)
        {
            SwitchTelemetryOff();
            CreateOnce();
        }
    }

    /// <summary>
    /// In the native environment: what <see cref="Environment.SetEnvironmentVariable(string, string?)"/> writes on Unix is a copy that getenv never sees.
    /// </summary>
    private static void SwitchTelemetryOff()
    {
        Environment.SetEnvironmentVariable(DisableTelemetry, "1");
        if (OperatingSystem.IsWindows()) return;
        if (SetEnv(DisableTelemetry, "1", overwrite: 1) != 0)
            throw new InvalidOperationException($"setenv({DisableTelemetry}) failed with errno {Marshal.GetLastPInvokeError()}; ONNX Runtime would send telemetry.");
    }

    private static void CreateOnce()
    {
        if (OrtEnv.IsCreated) return;
        var options = new EnvironmentCreationOptions { logId = "edgevision", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
