namespace EdgeVision.Simulator;

/// <summary>Ids of log events; 900 and up, because the core's numbers end before.</summary>
internal static class SimulatorEvents
{
    public const int Connected = 900;
    public const int Disconnected = 901;
    public const int Refused = 902;
    public const int Lost = 903;
    public const int Closed = 904;
    public const int FilterIgnored = 905;
    public const int NotSubscribed = 906;
    public const int TokenExpired = 907;
    public const int Paused = 908;
    public const int Resumed = 909;
    public const int CaRenewed = 910;
    public const int CallDropped = 911;
    public const int CallRefused = 912;
    public const int FaultSet = 913;
    public const int ResumeFailed = 914;
    public const int TelemetryForgotten = 915;
    public const int InputKept = 916;
    public const int InputsLost = 917;
}
